"""The registry of sections is the scenario's: same names, same classes, and no section that it does not know."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from sim.model.parameters import DrawnAs, Later, Once
from sim.model.sections import SECTIONS, Section, section_of
from sim.scenario.schema import OF_ALLY, AllySection, Scenario

OF_SCOPE = {"path": Once, "ally": Once, "year": Later}


def test_every_section_of_parameters_is_registered_and_a_field_of_the_scenario() -> None:
    fields = {name: field.annotation for name, field in Scenario.model_fields.items()}
    drawn: dict[str, Any] = {
        name: kind for name, kind in fields.items() if isinstance(kind, type) and issubclass(kind, DrawnAs)
    }
    assert list(drawn.items()) == [(section.name, section.model) for section in SECTIONS]
    assert all(section_of(section.model) is section for section in SECTIONS)


def test_an_ally_has_the_sections_it_may_have_with_all_keys_but_those_it_shares() -> None:
    assert set(OF_ALLY) == {section.name for section in SECTIONS} - {"urgency"}
    assert {name for name in AllySection.model_fields if name in OF_ALLY} == set(OF_ALLY)
    for section in SECTIONS:
        keys = set(section.model.model_fields)
        assert set(section.shared) <= keys
        if section.of_ally:
            assert set(OF_ALLY[section.name].model_fields) == keys - set(section.shared)
            assert OF_ALLY[section.name] in get_args(AllySection.model_fields[section.name].annotation)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_type_of_a_parameter_is_that_of_its_scope(section: Section) -> None:
    """By it the type checker knows what the engine has of it."""
    for name, field in section.model.model_fields.items():
        facts = field.json_schema_extra
        scope = facts["scope"] if isinstance(facts, dict) else "fixed"
        kinds = {field.annotation, *get_args(field.annotation)} & {Once, Later}
        assert kinds == ({OF_SCOPE[str(scope)]} if scope != "fixed" else set()), name


def test_what_is_no_section_is_not_found() -> None:
    with pytest.raises(KeyError):
        section_of(Scenario)
