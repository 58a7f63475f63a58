//! JSON objects, read and written. Read, their names are unique: RFC 7515 §4, RFC 7519 §4.
//!
//! An ordinary parser keeps the last of two members of one name, another one the first: what one program checked is then not what another one reads.

use std::fmt;

use serde::de::{self, Deserialize, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::{Number, Value};

use super::Map;

/// The object in these bytes: UTF-8, one whole object, no name twice at any depth.
pub fn object(bytes: &[u8]) -> Option<Map> {
    match serde_json::from_slice(bytes) {
        Ok(Unique(Value::Object(map))) => Some(map),
        _ => None,
    }
}

/// The object as it is sent. Tokens are long and have nothing to escape, which is seen at a glance for all of their characters together; a serializer
/// that looks at them one by one takes longer than all rules of a token request.
pub fn written(map: &Map) -> Vec<u8> {
    let mut json = Vec::with_capacity(512);
    write_object(map, &mut json);
    json
}

fn write_object(map: &Map, json: &mut Vec<u8>) {
    let mut before = b'{';
    for (name, value) in map {
        json.push(before);
        before = b',';
        write_text(name, json);
        json.push(b':');
        write(value, json);
    }
    json.extend_from_slice(if map.is_empty() { b"{}" } else { b"}" });
}

fn write(value: &Value, json: &mut Vec<u8>) {
    match value {
        Value::Object(map) => write_object(map, json),
        Value::String(text) => write_text(text, json),
        other => write_slowly(other, json),
    }
}

fn write_text(text: &str, json: &mut Vec<u8>) {
    let is_escaped = |byte| matches!(byte, 0..=0x1F | b'"' | b'\\');
    if text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        return write_slowly(text, json);
    }
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}

fn write_slowly<T: Serialize + ?Sized>(value: &T, json: &mut Vec<u8>) {
    serde_json::to_writer(json, value)
        .expect("values whose names are text can be written as JSON, and memory takes them");
}

/// A value in which no object has two members of one name.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unique, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in which no name appears twice")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            if map.insert(name, value).is_some() {
                return Err(de::Error::custom("a name appears twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::json;

    use super::{Map, object, written};

    proptest! {
        #[test]
        fn what_is_written_is_what_any_serializer_writes(name in any::<String>(), text in any::<String>(), number in any::<i64>()) {
            let inner = json!({ name.clone(): [text.clone(), number, null, true], "a\"b\\c\n": text });
            let map = Map::from_iter([(name, inner.clone()), (text, number.into()), ("none".to_owned(), Map::new().into())]);
            assert_eq!(written(&map), serde_json::to_vec(&map).unwrap());
            assert_eq!(object(&written(&map)), Some(map));
        }
    }
}
