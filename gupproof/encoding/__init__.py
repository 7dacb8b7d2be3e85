"""Events, terms and properties as one CNF."""
