"""The rules of waves and candidacies: values and a moment go in, values and events come out."""
