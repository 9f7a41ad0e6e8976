"""Publishing what staff wrote in the console: at once, or after a training that is checked first."""
