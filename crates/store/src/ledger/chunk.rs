//! What a chunk is to the database that keeps it.

/// The number that a database gave to a chunk. Later chunks have greater numbers.
pub type ChunkNo = u64;

/// What the bytes of a chunk are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkKind {
    /// The lines of one push.
    Segment,
    /// Fingerprints of ids with their positions, sorted.
    Run,
    /// Where older segments are.
    Directory,
}

impl ChunkKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Segment, Self::Run, Self::Directory];

    /// How a table writes it.
    pub const fn code(self) -> u8 {
        match self {
            Self::Segment => 1,
            Self::Run => 2,
            Self::Directory => 3,
        }
    }

    /// The kind that a table wrote so.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
