"""One Beam stage per module, pure rules below them."""
