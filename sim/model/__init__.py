"""The equations of docs/model/equations.md, each a function of arrays: one value per path, no clock, no environment."""
