"""The console of the coordinators: queue, cases, audit log. Plain forms that work without a script."""
