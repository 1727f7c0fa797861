//! The codec of our servers: what cannot be decoded is the caller's fault.

use std::marker::PhantomData;

use prost::Message;
use tonic::{
    Code, Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder},
};
use tonic_prost::{ProstCodec, ProstEncoder};
use tonic_types::{ErrorDetails, StatusExt};

/// Reason of a request that is no valid message of its type.
pub const MESSAGE_UNDECODABLE: &str = "MESSAGE_UNDECODABLE";

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
