"""The pages: what people see and what machines ask about health; the demo."""
