//! `millrace simulate fault`: something goes wrong at a platform.

use crate::cli::{FaultArgs, SimulatedPlatform};
use crate::commands::remote::Remote;
use crate::output;
use reqwest::Method;
use serde_json::{Value, json};

/// Orders a fault.
pub(super) async fn run(args: &FaultArgs) -> anyhow::Result<()> {
    let remote = Remote::at(&args.server.server)?;
    match args.platform {
        SimulatedPlatform::Xero => {
            let order = json!({"fault": args.name, "calls": args.calls, "operation": args.at});
            remote.xero(Method::POST, "faults", order).await?;
            let place = args.at.as_deref().unwrap_or("any call");
            output::line(format_args!(
                "Xero: {} at {place}, for the next {} calls.",
                args.name, args.calls
            ))?;
        }
        SimulatedPlatform::Quickbooks => {
            let call = format!("faults/{}", args.name);
            let report = remote.quickbooks(Method::POST, &call, Value::Null).await?;
            output::line(format_args!("QuickBooks: {report}"))?;
        }
    }
    Ok(())
}
