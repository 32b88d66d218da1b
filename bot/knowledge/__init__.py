"""The YAML files of the knowledge as frozen, typed values, and every fault in them."""
