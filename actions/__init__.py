"""Says what the advisor answers, one subject a module; the texts are in replies/."""
