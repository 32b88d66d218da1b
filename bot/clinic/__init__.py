"""The one front door: what terminal, command line and chat all ask."""
