"""Turn text into sentence vectors: model files, ONNX graph and sessions."""
