//! The codec of our servers: what cannot be decoded is the caller's fault.

use std::marker::PhantomData;

use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use tonic::{
    Code, Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_prost::{ProstCodec, ProstEncoder};
use tonic_types::{ErrorDetails, StatusExt};

/// Reason of a request that is no valid message of its type.
pub const MESSAGE_UNDECODABLE: &str = "MESSAGE_UNDECODABLE";

/// Leaves messages as they are: whoever calls, or answers, reads and writes them.
#[derive(Clone, Copy, Debug, Default)]
pub struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// A prost codec whose decoder answers `INVALID_ARGUMENT` with reason [`MESSAGE_UNDECODABLE`] where tonic's own answers `INTERNAL`.
#[derive(Debug)]
pub struct RequestCodec<Encode, Decode>(PhantomData<(Encode, Decode)>);

impl<Encode, Decode> Default for RequestCodec<Encode, Decode> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Encode, Decode> Codec for RequestCodec<Encode, Decode>
where
    Encode: Message + Send + 'static,
    Decode: Message + Default + Send + 'static,
{
    type Encode = Encode;
    type Decode = Decode;
    type Encoder = ProstEncoder<Encode>;
    type Decoder = RequestDecoder<Decode>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<Encode, Decode>::raw_encoder(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        RequestDecoder(PhantomData)
    }
}

/// Decodes requests.
#[derive(Debug)]
pub struct RequestDecoder<Decode>(PhantomData<Decode>);

impl<Decode: Message + Default> Decoder for RequestDecoder<Decode> {
    type Item = Decode;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<Decode>, Status> {
        Decode::decode(buf).map(Some).map_err(|error| {
            let details = ErrorDetails::with_error_info(MESSAGE_UNDECODABLE, crate::ERROR_DOMAIN, []);
            Status::with_error_details(
                Code::InvalidArgument,
                format!("the message cannot be decoded: {error}"),
                details,
            )
        })
    }
}
