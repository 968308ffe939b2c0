//! One world from its beginning to its end.

use super::client::{Answers, Errand};
use super::net::Outside;
use super::partings::{self, Partings};
use super::process::Job;
use super::setting::{self, Account, Setting};
use super::sink::Mood;
use super::stage::Plan;
use super::world::World;
use super::{customer, facts, quickbooks, rest, xero};
use domain::clock::Clock as _;
use domain::platform::Delivery;
use jiff::{SignedDuration, Timestamp};
use simulators::QuickBooks;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use testkit::Dice;
use tokio::task::JoinSet;

/// So much begins in one world.
const STEPS: (u64, u64) = (8, 28);
/// Longer than anything waits for another attempt, and shorter than a clock may be behind.
const REST_MAX: Duration = Duration::from_hours(4);
const STEP_SECS_MAX: u64 = 600;
/// A push may still meet what is left of one whose answer was lost, and fails then, or a connection that turns out to be shut
/// out; the one after both meets nothing any more.
const PEACEFUL_PUSHES_MAX: u32 = 3;
/// So often of a hundred times that something begins in a storm.
const STORMS: u64 = 20;
/// In so many of a hundred worlds calls are held up on their way.
const LATE: u64 = 30;
/// Whoever has waited for so long does something about it.
const PATIENCE: Duration = Duration::from_mins(30);
/// The clock is set back no farther than this, all in all.
const BACK_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What a world's telling comes to: how much happened in it, a digest of all that, and one of what was left in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    steps: u64,
    trace: u64,
    outcome: u64,
}

pub(crate) struct Story {
    pub(crate) setting: Arc<Setting>,
    pub(crate) answers: Arc<Answers>,
    pub(crate) quickbooks: Arc<QuickBooks>,
    pub(crate) world: Arc<World>,
    dice: Arc<Dice>,
    /// For what goes wrong more seldom.
    rare: Arc<Dice>,
    is_stormy: bool,
    partings: Partings,
    actors: JoinSet<()>,
    /// The latest that the clock ever showed.
    latest: Timestamp,
}

/// Tells the world of a seed.
pub(crate) async fn tell(seed: u64, watched: impl FnOnce(&Arc<World>)) -> Digest {
    let setting = Arc::new(setting::set(seed).await);
    watched(&setting.world);
    let mut story = Story::open(setting, seed).await;
    story.settle_in().await;
    story.live().await;
    story.calm_down().await;
    drop(facts::hold_of_what_was_told(&story).await);
    story.push_until_arrived().await;
    facts::hold_in_the_end(&story).await;
    let outcome = facts::outcome(&story).await;
    let (steps, trace) = story.world.ground.stage.digest();
    Digest { steps, trace, outcome }
}

impl Story {
    async fn open(setting: Arc<Setting>, seed: u64) -> Self {
        let world = setting.world.clone();
        let quickbooks = quickbooks::open(&world, &setting.fetched).await;
        let rare = Arc::new(Dice::of(seed, "rare"));
        let is_stormy = rare.percent(40) && !setting.customers.is_empty();
        Self {
            quickbooks,
            answers: Arc::default(),
            dice: Arc::new(Dice::of(seed, "story")),
            rare,
            is_stormy,
            partings: Partings::of(seed),
            actors: JoinSet::new(),
            latest: world.ground.clock.now(),
            world,
            setting,
        }
    }

    /// Some are linked with their books before anything goes wrong.
    async fn settle_in(&mut self) {
        if !self.setting.customers.is_empty() && self.dice.percent(70) {
            self.rest().await;
        }
    }

    /// Everything happens at once.
    async fn live(&mut self) {
        for _ in 0..self.dice.between(0, 4) {
            self.change_mood();
        }
        self.lose_calls();
        self.hold_calls_up();
        self.world.ground.stage.plan(|plan| plan.busy = true);
        for _ in 0..self.dice.between(STEPS.0, STEPS.1) {
            self.begin_something().await;
            self.storm();
            self.partings.begin(&self.setting, &self.answers, &mut self.actors);
            for _ in 0..self.dice.between(0, 14) {
                self.world.turn().await;
            }
        }
    }

    async fn begin_something(&mut self) {
        match self.dice.between(1, 100) {
            1..=34 => self.begin_push(),
            35..=46 => self.begin_poll(),
            47..=74 => self.world.begin_job(*self.dice.pick(&Job::ALL), &self.dice),
            75..=81 => self.begin_visit(),
            82..=87 => self.set_clock().await,
            88..=92 => self.change_mood(),
            _ => self.plan_trouble(),
        }
    }

    /// In some worlds Xero is hardly ever well.
    fn storm(&mut self) {
        if self.is_stormy && self.rare.percent(STORMS) {
            let (setting, rare) = (self.setting.clone(), self.rare.clone());
            self.actors.spawn(xero::change_weather(setting, rare.clone(), rare));
        }
    }

    fn begin_push(&mut self) {
        let account = self.dice.pick(&self.setting.accounts).clone();
        let now = self.world.ground.clock.now();
        let name = account.path.account.as_str();
        let written = account.ledger.lock().unwrap().write(name, &self.dice, now);
        let mut errand = self.errand(account.clone(), written);
        if self.dice.percent(50) {
            errand = errand.with_key();
        }
        self.count(if errand.key.is_some() { "push with a key" } else { "push without a key" });
        if account.platform.delivery == Delivery::Sent && self.dice.percent(20) {
            errand.timeout_minutes = Some(self.dice.between(1, 8));
        }
        // Some send it twice at once.
        if self.dice.percent(10) {
            self.actors.spawn(errand.clone().run());
        }
        self.actors.spawn(errand.run());
    }

    fn errand(&self, account: Arc<Account>, written: super::bank::Written) -> Errand {
        let (setting, answers) = (self.setting.clone(), self.answers.clone());
        let dice = self.dice.clone();
        Errand { setting, answers, account, written, key: None, timeout_minutes: None, dice }
    }

    fn count(&self, what: &str) {
        self.world.ground.stage.counts.count(what);
    }

    fn begin_poll(&mut self) {
        let quickbooks = self.quickbooks.clone();
        let stage = self.world.ground.stage.clone();
        self.actors.spawn(async move {
            let outcomes = quickbooks.poll().await.unwrap();
            let failed = outcomes.iter().any(|outcome| outcome.error.is_some());
            stage.counts.count("poll of QuickBooks");
            if failed {
                stage.counts.count("poll of QuickBooks that failed");
            }
        });
    }

    async fn set_clock(&mut self) {
        let dice = &self.dice;
        let back = dice.percent(30);
        let bound = *dice.pick(&[5, 60, 3_600, 86_400, 3 * 86_400]);
        let length = SignedDuration::from_secs(i64::try_from(dice.between(1, bound)).unwrap());
        let now = self.world.ground.clock.now();
        self.note_time(now).await;
        self.latest = self.latest.max(now);
        let behind = self.latest.duration_since(now);
        let jump = if back { -length.min(BACK_MAX - behind.min(BACK_MAX)) } else { length };
        self.world.ground.clock.jump(jump);
        self.count(if jump.is_negative() { "clock set back" } else { "clock set ahead" });
        self.world.ground.stage.note(|| format!("the clock jumps by {jump}"));
    }

    /// As a process that lives does every few seconds: from one setting of the clock to the next there is time for it.
    async fn note_time(&self, now: Timestamp) {
        let Some(process) = self.world.door(&self.dice) else { return };
        let stage = &self.world.ground.stage;
        let plan = stage.pause();
        process.store.note_time(now).await.unwrap();
        stage.plan(|paused| *paused = plan);
    }

    fn begin_visit(&self) {
        if self.setting.customers.is_empty() {
            return;
        }
        let customer = self.dice.pick(&self.setting.customers);
        if let Some(process) = self.world.door(&self.dice) {
            customer::look_after(&self.setting, customer, &process);
        }
    }

    fn change_mood(&mut self) {
        if self.dice.percent(50) && !self.setting.customers.is_empty() {
            let (setting, dice, rare) =
                (self.setting.clone(), self.dice.clone(), self.rare.clone());
            self.actors.spawn(xero::change_weather(setting, dice, rare));
            return;
        }
        let bank = self.dice.pick(&self.setting.banks);
        let mood = if self.dice.percent(50) { Mood::Well } else { *self.dice.pick(&Mood::BAD) };
        *bank.sink.mood.lock().unwrap() = mood;
    }

    fn plan_trouble(&mut self) {
        let dice = &self.dice;
        let length = dice.between(1, 60);
        self.lose_calls();
        let kind = dice.between(0, 9);
        self.world.ground.stage.plan(|plan| match kind {
            0..=5 => plan.fuse = length,
            6 | 7 => plan.cut = 1 + length / 6,
            _ => plan.refused = 1 + length / 15,
        });
    }

    /// The network gets better or worse.
    fn lose_calls(&self) {
        let loss = *self.dice.pick(&[0, 10, 30, 60]);
        self.world.ground.outside.loss.store(loss, Ordering::Relaxed);
    }

    /// In some worlds calls are long on their way to Xero, also when nothing else goes wrong any more.
    fn hold_calls_up(&self) {
        let Outside { late_dice, late, .. } = self.world.ground.outside.as_ref();
        if late_dice.percent(LATE) {
            late.store(late_dice.between(1, 12), Ordering::Relaxed);
        }
    }

    /// What goes wrong now was ordered before; of a storm it still comes to whoever calls next.
    async fn calm_down(&mut self) {
        xero::clear_up(&self.world.ground.outside).await;
        if self.is_stormy {
            for _ in 0..self.rare.between(2, 8) {
                xero::order_fault(&self.setting, &self.rare).await;
            }
        }
        self.come_to_rest().await;
    }

    /// Nothing goes wrong any more, and time passes until nobody has anything left to do.
    async fn rest(&mut self) {
        xero::clear_up(&self.world.ground.outside).await;
        self.come_to_rest().await;
    }

    async fn come_to_rest(&mut self) {
        let ground = &self.world.ground;
        ground.stage.plan(|plan| *plan = Plan::default());
        ground.outside.loss.store(0, Ordering::Relaxed);
        for bank in &self.setting.banks {
            *bank.sink.mood.lock().unwrap() = Mood::Well;
        }
        let behind = self.latest.duration_since(ground.clock.now());
        if behind.is_positive() && self.dice.percent(50) {
            self.count("clock wrong to the end");
        } else {
            ground.clock.jump(behind.max(SignedDuration::ZERO));
        }
        let began = ground.clock.elapsed();
        let mut patience = PATIENCE;
        let mut step = 1;
        while self.world.ground.clock.elapsed() < began + REST_MAX {
            let has_worked = self.round().await;
            if !has_worked && self.actors.is_empty() {
                let Some(why) = rest::unrest(self).await else { return };
                self.world.ground.stage.note(|| why);
            }
            if self.world.ground.clock.elapsed() > began + patience {
                partings::disconnect_what_is_stuck(&self.setting, &self.rare, &mut self.actors);
                patience += PATIENCE;
            }
            step = if has_worked { 1 } else { (step * 2).min(STEP_SECS_MAX) };
            self.world.ground.clock.pass(Duration::from_secs(step)).await;
        }
        panic!("the world never comes to rest: {:?}", rest::unrest(self).await)
    }

    /// Somebody does what is due; whether there was anything.
    async fn round(&mut self) -> bool {
        let process = self.dice.pick(&self.world.alive()).clone();
        process.forget_rounds();
        for job in [Job::Pushes, Job::Links, Job::Webhooks] {
            process.begin(job);
        }
        if self.dice.percent(25) {
            process.begin(Job::House);
        }
        while self.world.turn().await {}
        while let Some(ended) = self.actors.try_join_next() {
            ended.unwrap();
        }
        let is_under_way = self.world.alive().iter().any(|process| process.held().is_none());
        is_under_way || process.held() != Some(0)
    }

    /// Banks send what failed again, until everything has arrived: in peace it does so soon.
    async fn push_until_arrived(&mut self) {
        for _ in 0..PEACEFUL_PUSHES_MAX {
            self.push_all();
            self.rest().await;
            if facts::all_is_known_to_have_arrived(self).await {
                return;
            }
            self.count("everything pushed again in peace");
        }
        panic!("lines do not arrive in peace, however often they are pushed");
    }

    /// Each bank sends everything once more.
    fn push_all(&mut self) {
        for account in self.setting.accounts.clone() {
            let written = account.ledger.lock().unwrap().write_all(account.path.account.as_str());
            if !written.window.is_empty() {
                self.actors.spawn(self.errand(account, written).run());
            }
        }
    }
}
