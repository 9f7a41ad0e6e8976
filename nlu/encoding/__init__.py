"""The sentence encoder: model files, ONNX graph and sessions."""
