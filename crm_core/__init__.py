"""Second Opinion's core: headless, never imports streamlit."""
