//! `millrace openapi`: the OpenAPI document, for generators and for reading without a server.

use crate::cli::OpenApiArgs;
use crate::output;
use api::Edition;

/// Prints it.
pub(crate) fn run(args: OpenApiArgs) -> anyhow::Result<()> {
    let edition = if args.ext { Edition::Ext } else { Edition::Compatible };
    output::line(format_args!("{:#}", api::openapi(edition)))?;
    Ok(())
}
