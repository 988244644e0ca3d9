"""How the bundled tone model is made: data, training, calibration, export, evaluation."""
