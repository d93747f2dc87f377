"""The equations of docs/model/equations.md as plain functions of arrays, one module a part of the model."""
