"""Brobygger: a multilingual assistant for newly arrived parents and the municipal staff around them."""
