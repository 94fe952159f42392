"""The limit equation for two samples, solved exactly: roots eliminated, Sturm's theorem in integers."""
