"""Scenarios: what is simulated, written in TOML, read and checked without NumPy."""

from sim.scenario.edit.dump import dump
from sim.scenario.jsonschema import json_schema
from sim.scenario.loading.load import load, loads
from sim.scenario.schema import Scenario

__all__ = ["Scenario", "dump", "json_schema", "load", "loads"]
