"""Just enough of JSON Schema to hold answers against apps/server/openapi.json."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(value, schema, document, at="answer"):
    """Raises AssertionError that names the place where value and schema differ."""
    if "$ref" in schema:
        found = document
        for part in schema["$ref"].lstrip("#/").split("/"):
            found = found[part]
        return check(value, found, document, at)
    if "oneOf" in schema:
        reasons = []
        for choice in schema["oneOf"]:
            try:
                return check(value, choice, document, at)
            except AssertionError as reason:
                reasons.append(str(reason))
        raise AssertionError(f"{at}: none of {reasons}")
    if "const" in schema:
        assert value == schema["const"], f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema:
        assert value in schema["enum"], f"{at}: {value!r} is none of {schema['enum']}"
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(is_type(value, name) for name in names), f"{at}: {value!r} is no {names}"
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{at}: {value!r}"
    if is_type(value, "number"):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), f"{at}: {value}"
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            check(item, schema["items"], document, f"{at}[{index}]")
    if isinstance(value, dict):
        for name in schema.get("required", []):
            assert name in value, f"{at}: {name} is missing"
        for name, item in value.items():
            rest = schema.get("additionalProperties", {})
            known = schema.get("properties", {}).get(name, rest)
            assert known is not False, f"{at}: {name} is not in the document"
            if isinstance(known, dict):
                check(item, known, document, f"{at}.{name}")
    return None
