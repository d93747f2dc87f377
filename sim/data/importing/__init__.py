"""Publishers' own files made into a table that a scenario can name: NATO's, SIPRI's, any with a column a year."""

from sim.data.importing.files import import_file
from sim.data.importing.imported import Imported, Skipped, advice

__all__ = ["Imported", "Skipped", "advice", "import_file"]
