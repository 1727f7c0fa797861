//! Lists of several pages.

use crate::{context::Context, failure::Result, output::Row};

/// The largest page that the server gives.
pub(crate) const PAGE: i32 = 500;

/// Shows a list page by page, to its end; `page` asks for the one that a token stands for, and gives it with the token of the next.
pub(crate) async fn show<T: Row>(
    context: &mut Context,
    nothing: &str,
    mut page: impl AsyncFnMut(&mut Context, String) -> Result<(Vec<T>, String)>,
) -> Result<()> {
    let output = context.output.clone();
    let mut list = output.list::<T>();
    let mut page_token = String::new();
    loop {
        let (items, next) = page(context, page_token).await?;
        items.into_iter().try_for_each(|item| list.push(item))?;
        if next.is_empty() {
            return list.finish(nothing).map(drop);
        }
        page_token = next;
    }
}
