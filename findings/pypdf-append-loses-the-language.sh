#!/usr/bin/env bash
# Appending a document to an empty writer copies the document, one would think. It copies the pages: language, title and the
# tree of tags that a screen reader needs are gone, without a word. PdfWriter(clone_from=...) keeps them.
# Source: https://pypdf.readthedocs.io/en/stable/user/merging-pdfs.html;
# https://github.com/py-pdf/pypdf/issues/2136 (append takes pages, clone_from the document).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pypdf==7.1.1 typst==0.15.2
venv/bin/python - << 'END'
import io
from pathlib import Path
import pypdf, typst

Path("page.typ").write_text('#set document(title: "Outlays", date: none)\n#set text(lang: "de")\n= Ausgaben')
source = pypdf.PdfReader(io.BytesIO(typst.compile("page.typ")))

def kept(document):
    root = document.root_object
    return root.get("/Lang"), "/StructTreeRoot" in root, document.metadata.title if document.metadata else None

def saved(writer):
    stream = io.BytesIO()
    writer.write(stream)
    return kept(pypdf.PdfReader(stream))

appended = pypdf.PdfWriter()
appended.append(source)
seen = kept(source), saved(appended), saved(pypdf.PdfWriter(clone_from=source))
print("pypdf", pypdf.__version__)
for name, facts in zip(("source", "append", "clone_from"), seen):
    print(f"{name:12} language, tags, title: {facts}")
assert seen == (("de", True, "Outlays"), (None, False, None), ("de", True, "Outlays"))
END
