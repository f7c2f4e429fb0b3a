"""Web archives that are asked by address: a CDX index and its pages."""
