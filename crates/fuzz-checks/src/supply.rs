//! Values out of a fuzzer's bytes, for what is not read from text. Used-up bytes are zero, so every input is whole.

/// What is left of the bytes.
pub(crate) struct Supply<'a>(&'a [u8]);

impl<'a> Supply<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let (taken, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        for (slot, byte) in array.iter_mut().zip(taken) {
            *slot = *byte;
        }
        array
    }

    /// So many bytes as the next one says, if there are so many.
    pub(crate) fn counted(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte());
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }
}
