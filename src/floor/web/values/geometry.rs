//! Where things lie, in the words of GeoJSON (RFC 7946).

use std::borrow::Cow;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{Few, INLINE, refuse};
use crate::text_enum;

/// Longitude and latitude, in this order, in degrees (WGS 84). Within Viet Nam with its islands, so that two numbers in
/// the wrong order are noticed; kept to six decimals, a tenth of a metre. A height, as phones send it, is left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Position([f64; 2]);

impl Position {
    fn new(longitude: f64, latitude: f64) -> Option<Self> {
        let six = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let inside = (102.0..=118.0).contains(&longitude) && (6.0..=24.0).contains(&latitude);
        inside.then(|| Self([six(longitude), six(latitude)]))
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Two;
        impl<'de> Visitor<'de> for Two {
            type Value = Position;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array of two numbers")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Position, A::Error> {
                let (longitude, latitude) = (seq.next_element::<f64>()?, seq.next_element::<f64>()?);
                let (_height, more) = (seq.next_element::<f64>()?, seq.next_element::<IgnoredAny>()?.is_some());
                let position = longitude.zip(latitude).filter(|_| !more).and_then(|(longitude, latitude)| Position::new(longitude, latitude));
                position.ok_or_else(|| refuse("invalid_position", ""))
            }
        }
        deserializer.deserialize_seq(Two)
    }
}

impl PartialSchema for Position {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Number);
        let says =
            "Longitude (102 to 118) and latitude (6 to 24), in this order, in degrees (WGS 84); kept to six decimals. A height may follow and is left out.";
        ArrayBuilder::new().items(number).min_items(Some(2)).max_items(Some(3)).description(Some(says)).into()
    }
}
impl ToSchema for Position {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Position").into()
    }
}

/// The positions of a line, 2 to 200 in their order, not all the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Positions(Few<Position, 200>);

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let positions: Few<Position, 200> = Few::deserialize(deserializer)?;
        if positions.0.iter().all(|position| Some(position) == positions.0.first()) { Err(refuse("too_few", 2)) } else { Ok(Self(positions)) }
    }
}

impl PartialSchema for Positions {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Position::schema()).min_items(Some(2)).max_items(Some(200)).into()
    }
}
impl ToSchema for Positions {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Positions").into()
    }
}

text_enum! {
    /// What a GeoJSON point says that it is.
    pub enum PointType {
        Point = "Point" ("Điểm", "Point"),
    }
}

text_enum! {
    /// What a GeoJSON line says that it is.
    pub enum LineStringType {
        LineString = "LineString" ("Đường", "Line"),
    }
}

/// A place on the map (GeoJSON). A feature gives its geometry; a `bbox` and the name of WGS 84 as `crs` are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Sent<PointType, Position>")]
#[schema(example = json!({"type": "Point", "coordinates": [107.1325, 11.3271]}))]
pub struct Point {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PointType,
    /// Longitude (102 to 118) and latitude (6 to 24), in this order, in degrees (WGS 84); kept to six decimals. A height may
    /// follow and is left out.
    pub coordinates: Position,
}

/// A line on the map (GeoJSON). A feature gives its geometry; a `bbox` and the name of WGS 84 as `crs` are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Sent<LineStringType, Positions>")]
#[schema(example = json!({"type": "LineString", "coordinates": [[107.1325, 11.3271], [107.1342, 11.3305]]}))]
pub struct LineString {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LineStringType,
    /// Where it goes along, from one end to the other.
    pub coordinates: Positions,
}

/// A geometry as programs of maps send it: in a feature or bare, with its box and the name of the system that all use.
struct Sent<K, C>(K, C);

impl From<Sent<PointType, Position>> for Point {
    fn from(Sent(kind, coordinates): Sent<PointType, Position>) -> Self {
        Self { kind, coordinates }
    }
}

impl From<Sent<LineStringType, Positions>> for LineString {
    fn from(Sent(kind, coordinates): Sent<LineStringType, Positions>) -> Self {
        Self { kind, coordinates }
    }
}

/// What a geometry, or the feature around it, may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "K: Deserialize<'de>, C: Deserialize<'de>"))]
struct Members<K, C> {
    #[serde(rename = "type")]
    kind: Kind<K>,
    coordinates: Option<C>,
    geometry: Option<Inner<K, C>>,
    #[serde(rename = "bbox")]
    _bbox: Option<IgnoredAny>,
    #[serde(rename = "crs")]
    _crs: Option<Crs>,
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "properties")]
    _properties: Option<IgnoredAny>,
}

/// The geometry of a feature.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner<K, C> {
    #[serde(rename = "type")]
    kind: K,
    coordinates: C,
    #[serde(rename = "bbox")]
    _bbox: Option<IgnoredAny>,
    #[serde(rename = "crs")]
    _crs: Option<Crs>,
}

impl<'de, K: Deserialize<'de>, C: Deserialize<'de>> Deserialize<'de> for Sent<K, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let sent = Members::<K, C>::deserialize(deserializer)?;
        match (sent.kind, sent.coordinates, sent.geometry) {
            (Kind::Geometry(kind), Some(coordinates), None) => Ok(Self(kind, coordinates)),
            (Kind::Feature, None, Some(inner)) => Ok(Self(inner.kind, inner.coordinates)),
            (Kind::Geometry(_), None, _) => Err(D::Error::missing_field("coordinates")),
            (Kind::Feature, _, None) => Err(D::Error::missing_field("geometry")),
            (Kind::Geometry(_), Some(_), Some(_)) => Err(D::Error::unknown_field("geometry", &["type", "coordinates"])),
            (Kind::Feature, Some(_), Some(_)) => Err(D::Error::unknown_field("coordinates", &["type", "geometry"])),
        }
    }
}

enum Kind<K> {
    Feature,
    Geometry(K),
}

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Kind<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name == "Feature" { Ok(Self::Feature) } else { K::deserialize(serde::de::IntoDeserializer::into_deserializer(name)).map(Self::Geometry) }
    }
}

/// The reference system, as files of before 2016 name it: WGS 84 alone, which is the only one since (RFC 7946 section 4).
#[derive(Deserialize)]
struct Crs {
    #[serde(rename = "properties")]
    _properties: CrsName,
}

#[derive(Deserialize)]
struct CrsName {
    #[serde(rename = "name")]
    _name: Wgs84,
}

struct Wgs84;

impl<'de> Deserialize<'de> for Wgs84 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NAMES: &[&str] = &["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"];
        let name = String::deserialize(deserializer)?;
        if NAMES.contains(&name.as_str()) { Ok(Self) } else { Err(refuse("unknown_value", NAMES.join(", "))) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn positions_are_two_numbers_within_the_country() {
        let point = |coordinates: serde_json::Value| serde_json::from_value::<Point>(json!({"type": "Point", "coordinates": coordinates}));
        assert_eq!(json!(point(json!([107.132_512_345, 11])).expect("a place").coordinates), json!([107.132_512, 11.0]));
        assert!(point(json!([117.5, 7.5])).is_ok(), "the islands too");
        assert_eq!(json!(point(json!([107.1, 11.3, 40.5])).expect("a place").coordinates), json!([107.1, 11.3]));
        // The wrong order, nowhere, another country, too many, too few, no numbers.
        for wrong in
            [json!([11.3, 107.1]), json!([0, 0]), json!([100.5, 13.7]), json!([107.1, 11.3, 40, 1]), json!([107.1]), json!([]), json!(["107.1", "11.3"])]
        {
            assert!(point(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(serde_json::from_value::<Point>(json!({"type": "LineString", "coordinates": [107.1, 11.3]})).is_err());
    }

    #[test]
    fn geometries_come_as_programs_of_maps_write_them() {
        let bare = json!({"type": "LineString", "coordinates": [[107.1, 11.3], [107.2, 11.3]]});
        let read = |value: serde_json::Value| serde_json::from_value::<LineString>(value);
        let line = read(bare.clone()).expect("a line");
        let with = |name: &str, value: serde_json::Value| {
            let mut sent = bare.clone();
            sent[name] = value;
            sent
        };
        let crs = |name: &str| json!({"type": "name", "properties": {"name": name}});
        let feature = json!({"type": "Feature", "id": 7, "properties": {"ten": "x"}, "bbox": [1], "geometry": with("bbox", json!([107.1, 11.3, 107.2, 11.3]))});
        for sent in [with("bbox", json!([107.1, 11.3, 107.2, 11.3])), with("crs", crs("urn:ogc:def:crs:OGC:1.3:CRS84")), feature] {
            assert_eq!(read(sent.clone()).expect("a line"), line, "{sent}");
        }
        let refused = |sent: serde_json::Value| read(sent).expect_err("refused").to_string();
        assert!(refused(with("crs", crs("EPSG:3405"))).contains("unknown_value"));
        assert!(refused(with("colour", json!(1))).contains("colour"));
        assert!(refused(json!({"type": "Feature", "properties": {}})).contains("geometry"));
        assert!(refused(json!({"type": "Point", "coordinates": [107.1, 11.3]})).contains("unknown_value"));
        assert_eq!(json!(line), bare);
    }

    #[test]
    fn lines_have_two_positions_to_two_hundred() {
        let line = |positions: Vec<[f64; 2]>| serde_json::from_value::<LineString>(json!({"type": "LineString", "coordinates": positions})).is_ok();
        let along = |count: u32| line((0..count).map(|n| [107.1 + f64::from(n) / 1000.0, 11.3]).collect());
        assert_eq!([0, 1, 2, 200, 201].map(along), [false, false, true, true, false]);
        assert!(!line(vec![[107.1, 11.3], [107.100_000_1, 11.3]]), "no line, once it is rounded");
    }
}
