"""Publishers' own files made into a table that a scenario can name: NATO's, SIPRI's, any with a column a year."""

from sim.data.importing.importing import Imported, Skipped, advice, import_file

__all__ = ["Imported", "Skipped", "advice", "import_file"]
