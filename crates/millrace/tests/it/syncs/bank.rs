//! A bank that answers what a test planted.

use async_trait::async_trait;
use domain::push::DraftLine;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::sync::Notify;
use worker::managed_sync::{BankPage, BankRefusal, BankRequest, BankSource};

/// Answers in turn what was planted, then with empty pages; remembers what it was asked.
#[derive(Debug, Default)]
pub(super) struct PlantedBank {
    answers: Mutex<VecDeque<Planted>>,
    asked: Mutex<Vec<BankRequest>>,
    /// Raised with every question.
    pub(super) is_asked: Notify,
}

#[derive(Debug)]
enum Planted {
    Answer(Result<BankPage, BankRefusal>),
    /// It never answers.
    Silence,
}

impl PlantedBank {
    /// Plants a last page with these lines.
    pub(super) fn gives(&self, lines: impl IntoIterator<Item = DraftLine>) {
        self.page(lines, None);
    }

    /// Plants a page.
    pub(super) fn page(&self, lines: impl IntoIterator<Item = DraftLine>, next: Option<&str>) {
        let lines = lines.into_iter().collect();
        self.plant(Planted::Answer(Ok(BankPage { lines, next: next.map(str::to_owned) })));
    }

    /// Plants a refusal.
    pub(super) fn refuses(&self, refusal: BankRefusal) {
        self.plant(Planted::Answer(Err(refusal)));
    }

    /// Plants silence.
    pub(super) fn falls_silent(&self) {
        self.plant(Planted::Silence);
    }

    fn plant(&self, planted: Planted) {
        self.answers.lock().unwrap().push_back(planted);
    }

    /// What it was asked since the last look.
    pub(super) fn asked(&self) -> Vec<BankRequest> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[async_trait]
impl BankSource for PlantedBank {
    async fn fetch(&self, request: &BankRequest) -> Result<BankPage, BankRefusal> {
        self.asked.lock().unwrap().push(request.clone());
        self.is_asked.notify_one();
        let planted = self.answers.lock().unwrap().pop_front();
        match planted {
            Some(Planted::Answer(answer)) => answer,
            Some(Planted::Silence) => std::future::pending().await,
            None => Ok(BankPage::default()),
        }
    }
}
