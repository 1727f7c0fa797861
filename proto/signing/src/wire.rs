//! Protobuf's wire format, as far as envelopes and peer records need it: no schema, no recursion, no allocation.

/// Appends an unsigned varint: seven bits a byte, the lowest first.
pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Appends bytes after their length.
pub(crate) fn push_delimited(bytes: &mut Vec<u8>, content: &[u8]) {
    push_varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

/// Appends a length-delimited field.
pub(crate) fn push_bytes_field(bytes: &mut Vec<u8>, number: u8, content: &[u8]) {
    push_varint(bytes, u64::from(number) << 3 | DELIMITED);
    push_delimited(bytes, content);
}

/// Appends a varint field.
pub(crate) fn push_number_field(bytes: &mut Vec<u8>, number: u8, value: u64) {
    push_varint(bytes, u64::from(number) << 3 | VARINT);
    push_varint(bytes, value);
}

/// Takes bytes after their length; gives what follows them, too.
pub(crate) fn take_delimited(bytes: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut fields = Fields(bytes);
    let length = fields.varint()?;
    let content = Fields::take(&mut fields, length)?;
    Ok((content, fields.0))
}

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const DELIMITED: u64 = 2;
const FIXED32: u64 = 5;
const MAX_FIELD: u64 = (1 << 29) - 1;

/// The bytes are no protobuf message, or one in a spelling that no encoder writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// One field's value; fixed-width ones are known to be there and nothing else, for no field of ours is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

impl<'a> Value<'a> {
    pub(crate) fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) | Self::Fixed => Err(Malformed("a field has another type than it must have")),
        }
    }

    pub(crate) fn number(self) -> Result<u64, Malformed> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(_) | Self::Fixed => Err(Malformed("a field has another type than it must have")),
        }
    }
}

/// Sets a field that may come once: of two, one reader would take the first and another the last.
pub(crate) fn set_once<T>(slot: &mut Option<T>, value: T) -> Result<(), Malformed> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Malformed("a field comes twice")),
    }
}

/// Walks over the fields of a message, in the order in which they come.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for at in 0..10 {
            let Some((&byte, rest)) = self.0.split_first() else { return Err(Malformed("it ends within a number")) };
            self.0 = rest;
            if at == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                let minimal = byte > 0 || at == 0;
                return if minimal { Ok(value) } else { Err(Malformed("a number is spelled longer than it must be")) };
            }
        }
        Err(Malformed("a number has more than 64 bits"))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let taken = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (content, rest) = taken.ok_or(Malformed("a field is longer than the message"))?;
        self.0 = rest;
        Ok(content)
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 || number > MAX_FIELD {
            return Err(Malformed("there is no field of this number"));
        }
        let value = match tag & 7 {
            VARINT => Value::Number(self.varint()?),
            DELIMITED => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            FIXED64 => self.take(8).map(|_| Value::Fixed)?,
            FIXED32 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(Malformed("there is no such type of field")),
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<(u64, Value<'_>), Malformed>> {
        Fields::of(bytes).collect()
    }

    #[test]
    fn numbers_come_back_and_have_one_spelling() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut bytes = Vec::new();
            push_number_field(&mut bytes, 2, value);
            assert_eq!(read(&bytes), [Ok((2, Value::Number(value)))]);
        }
        assert_eq!(read(&[0x10, 0x81, 0x00]), [Err(Malformed("a number is spelled longer than it must be"))]);
        let mut long = vec![0x10];
        long.extend([0xff; 9]);
        long.push(2);
        assert_eq!(read(&long), [Err(Malformed("a number has more than 64 bits"))]);
    }

    #[test]
    fn all_types_are_walked_over_and_broken_ones_end_the_walk() {
        let mut bytes = vec![0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4];
        push_bytes_field(&mut bytes, 3, b"text");
        let fields = [Ok((1, Value::Fixed)), Ok((2, Value::Fixed)), Ok((3, Value::Bytes(b"text")))];
        assert_eq!(read(&bytes), fields);
        for broken in [&[0x0a, 5, 1][..], &[0x09, 1], &[0x15], &[0x0b], &[0x0c], &[0x02, 0], &[0x80], &[0x0a, 0xff]] {
            let fields = read(broken);
            assert!(fields.len() == 1 && fields[0].is_err(), "{broken:02x?}: {fields:?}");
        }
    }
}
