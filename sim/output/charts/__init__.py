"""Pictures of a record: each function returns an Altair chart, for notebook, report, page, SVG, PNG and PDF alike."""
