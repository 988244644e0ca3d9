"""Events: the generated schema, the codec between it and the domain, the topic registry."""
