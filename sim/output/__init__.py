"""What people look at: charts, report, exports and the pages of a terminal."""
