//! A person who finds their way through pages, with the mouse or with nothing but the keyboard.

use crate::browser::Page;
use crate::harness::text;

/// With what a person acts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Mouse,
    Keyboard,
}

/// Somebody on their way through the pages.
pub(super) struct Walk {
    pub(super) page: Page,
    pub(super) hand: Hand,
}

impl Walk {
    /// Does what a button or a link does whose name begins so.
    pub(super) async fn act(&self, role: &str, name: &str) {
        if self.hand == Hand::Mouse {
            return self.page.click(role, name).await;
        }
        self.tab_to(name).await;
        self.page.press("Enter").await;
    }

    /// Moves on to what has this text or label.
    pub(super) async fn tab_to(&self, name: &str) {
        let focused =
            "(() => { const one = document.activeElement; const label = one.labels?.[0] ?? one;
            return label.textContent.trim() })()";
        for _ in 0..80 {
            self.page.press("Tab").await;
            let found = text(&self.page.evaluate(focused).await);
            if found == name {
                return;
            }
        }
        panic!("{name:?} cannot be reached by the keyboard: {}", self.page.text().await);
    }

    /// What is shown once the page says so is sound.
    pub(super) async fn sees(&self, words: &str) {
        self.page.wait_for(words).await;
        self.page.expect_sound().await;
    }

    /// Types another year into the field of a day: its last part, in what order ever the browser shows days.
    pub(super) async fn type_year(&self, label: &str, day: &str) {
        if self.hand == Hand::Mouse {
            return self.page.fill(label, day).await;
        }
        self.tab_to(label).await;
        let year = day.split('-').next().unwrap();
        for key in ["ArrowRight", "ArrowRight"] {
            self.page.press(key).await;
        }
        for digit in year.chars() {
            self.page.press(&digit.to_string()).await;
        }
    }
}
