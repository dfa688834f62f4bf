"""What ties Brobygger to Rasa: the launcher, the answers over the knowledge base, the tracker store."""
