"""People out of numbers: proportions → skeleton → pose → implicit surface → mesh with colours."""
