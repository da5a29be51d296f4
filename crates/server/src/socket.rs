//! A socket that does not wait for ever: not for a client that never reads what it asked for, and
//! not for one that goes on sending what nobody reads.
//!
//! A request that is refused before its body was read leaves the client in the middle of sending.
//! If the socket were closed at once the system would reset the connection, and the refusal would be
//! lost on the way; so what still comes is heard for a moment, and thrown away.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long a client is heard out at the end.
const FAREWELL: Duration = Duration::from_secs(2);
/// How much of what it says, in bytes.
const WORDS: usize = 64 * 1024 * 1024;

/// The socket of one connection.
#[derive(Debug)]
pub(crate) struct Socket<S> {
    stream: S,
    /// How long a write may wait for the client to read.
    patience: Duration,
    /// Runs while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Runs once our side is closed.
    farewell: Option<Pin<Box<Sleep>>>,
    heard: usize,
}

impl<S> Socket<S> {
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Socket {
            stream,
            patience,
            stalled: None,
            farewell: None,
            heard: 0,
        }
    }

    /// What the system said, or an error when it has said nothing for too long.
    fn bounded<T>(
        &mut self,
        polled: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let patience = self.patience;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        let error = io::Error::new(io::ErrorKind::TimedOut, "the client does not read");
        Poll::Ready(Err(error))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.bounded(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.bounded(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        this.bounded(flushed, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.farewell.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        let farewell = this
            .farewell
            .get_or_insert_with(|| Box::pin(sleep(FAREWELL)));
        let mut waste = [0; 8 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut waste);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    this.heard += buffer.filled().len();
                }
                // The client has ended as well, or is gone.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
            if this.heard > WORDS {
                return Poll::Ready(Ok(()));
            }
        }
        farewell.as_mut().poll(context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn a_client_that_never_reads_is_given_up() {
        let (stream, _client) = duplex(16);
        let mut socket = Socket::new(stream, Duration::from_millis(5));
        let ended = socket.write_all(&[0; 17]).await;
        assert_eq!(
            ended.map_err(|error| error.kind()),
            Err(io::ErrorKind::TimedOut)
        );
    }

    #[tokio::test]
    async fn what_still_comes_at_the_end_is_heard() {
        let (stream, mut client) = duplex(16);
        let mut socket = Socket::new(stream, FAREWELL);
        let ending = async { socket.write_all(b"no").await.and(socket.shutdown().await) };
        let sending = async {
            client.write_all(&[0; 1000]).await?;
            client.shutdown().await?;
            let mut said = Vec::new();
            client.read_to_end(&mut said).await.map(|_| said)
        };
        let (ended, said) = tokio::join!(ending, sending);
        assert!(ended.is_ok());
        assert_eq!(said.ok(), Some(b"no".to_vec()));
    }
}
