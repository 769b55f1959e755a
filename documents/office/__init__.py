"""Documents of OOXML: Word, Excel and PowerPoint, and what writes like them (ECMA-376)."""
