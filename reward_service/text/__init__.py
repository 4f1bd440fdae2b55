"""Text as plain data: tokens and their normal forms, sentences, and what a document holds."""
