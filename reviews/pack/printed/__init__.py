"""What the PDF of a pack says, as blocks that the template `report.typ` sets."""
