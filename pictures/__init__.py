"""The pictures of docs/pictures, drawn from the product's own cards and pages: `./dev pictures`."""
