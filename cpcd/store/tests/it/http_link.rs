//! A link to an HTTP server that hears what is asked and may answer in its place.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What was asked: the head, and the body.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Says what to answer in the server's place: a whole response, or nothing to pass the request on.
type Answers = dyn Fn(&Asked) -> Option<String> + Send + Sync;

/// A link.
pub(crate) struct Link {
    /// Where it listens, `HOST:PORT`.
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Link {
    /// Makes a link to `HOST:PORT`.
    pub(crate) async fn to(server: &str, answers: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let answers: Arc<Answers> = Arc::new(answers);
        let (heard, server) = (asked.clone(), server.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (heard, answers, server) = (heard.clone(), answers.clone(), server.clone());
                tokio::spawn(async move {
                    // A client that leaves ends its connection, no more.
                    let _ = pass(client, &server, &heard, &*answers).await;
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// Makes a response.
pub(crate) fn response(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn pass(client: TcpStream, server: &str, heard: &Mutex<Vec<Asked>>, answers: &Answers) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if client.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if !line.to_ascii_lowercase().starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).await?;
    let asked = Asked { head, body: String::from_utf8(body).unwrap() };
    heard.lock().unwrap().push(asked.clone());
    let answer = match answers(&asked) {
        Some(answer) => answer.into_bytes(),
        None => {
            let mut upstream = TcpStream::connect(server).await?;
            let request = format!("{}connection: close\r\n\r\n{}", asked.head, asked.body);
            upstream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).await?;
            answer
        }
    };
    client.get_mut().write_all(&answer).await?;
    client.get_mut().shutdown().await
}
