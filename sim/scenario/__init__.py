"""Scenarios: what is simulated, written in TOML, read and checked without NumPy."""

from sim.scenario.jsonschema import json_schema
from sim.scenario.loading import load, loads
from sim.scenario.schema import Scenario
from sim.scenario.writing import dump

__all__ = ["Scenario", "dump", "json_schema", "load", "loads"]
