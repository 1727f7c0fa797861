//! One question and one answer over the agent's socket, each behind its length.

use std::{io, path::Path};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// No message is longer, as in OpenSSH.
const MAX_BYTES: u32 = 256 << 10;

pub(super) async fn exchange(path: &Path, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut socket = UnixStream::connect(path).await?;
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    socket.write_all(&[&length.to_be_bytes()[..], request].concat()).await?;
    let length = socket.read_u32().await?;
    if !(1..=MAX_BYTES).contains(&length) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("an answer of {length} bytes is none")));
    }
    let mut answer = vec![0; length as usize];
    socket.read_exact(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;

    use super::*;

    /// Gives what comes back from an agent that answers with these bytes and hangs up.
    async fn answered(bytes: &'static [u8]) -> io::Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent");
        let listener = UnixListener::bind(&path).unwrap();
        let agent = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 5];
            socket.read_exact(&mut request).await.unwrap();
            assert_eq!(request, [0, 0, 0, 1, 11]);
            socket.write_all(bytes).await.unwrap();
        };
        tokio::join!(exchange(&path, &[11]), agent).0
    }

    #[tokio::test]
    async fn answers_have_a_length_that_is_checked() {
        assert_eq!(answered(&[0, 0, 0, 2, 12, 7]).await.unwrap(), [12, 7]);
        for wrong in [&[0, 0, 0, 0][..], &[0, 4, 0, 1, 5], &[255, 255, 255, 255], &[0, 0, 0, 3, 12], &[0, 0]] {
            assert!(answered(wrong).await.is_err(), "{wrong:?}");
        }
    }
}
