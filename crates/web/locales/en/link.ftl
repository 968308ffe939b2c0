# The pages of a link.
