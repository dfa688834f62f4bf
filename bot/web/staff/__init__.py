"""The look-up for municipal staff: rules with their legal basis on any day, beside what the parent reads."""
