//! Days and times as people and spreadsheets write them.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};

use crate::clock;
use crate::text::fold;

/// Days by their numbers in spreadsheets: 1954 to 2119. Smaller numbers are amounts.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// A day; a time of day behind it does not matter.
pub fn day(words: &str) -> Option<NaiveDate> {
    let folded = fold(words);
    if let Some(at) = serial(&folded) {
        return Some(at.date());
    }
    if let Some(day) = written(&folded) {
        return Some(day);
    }
    let (date, rest) = folded.split_once([' ', 't']).unwrap_or((&folded, ""));
    match written(date) {
        Some(day) if rest.is_empty() || time(rest.trim_end_matches('z')).is_some() => Some(day),
        _ => in_words(&folded),
    }
}

/// The year of a day of birth: of a year's two last digits the last hundred years are meant, as nobody is born later.
pub fn born(words: &str) -> Option<i32> {
    let day = written(&fold(words))?;
    let last = day.format("%y").to_string();
    let two_digits = words.trim().rsplit(['/', '-', '.']).next().is_some_and(|year| year.trim().len() == 2 && year.trim() == last);
    Some(if two_digits && day.year() >= 2010 { day.year() - 100 } else { day.year() })
}

/// A moment in Vietnam: a day alone stands for its beginning, a time alone is of the row's day.
pub fn moment(words: &str, row_day: Option<NaiveDate>) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(words) {
        return Some(at.to_utc());
    }
    let folded = fold(words);
    let utc = |at: NaiveDateTime| clock::vietnam().from_local_datetime(&at).single().map(|at| at.to_utc());
    let local = |day: NaiveDate, time: NaiveTime| utc(day.and_time(time));
    if let Some(at) = serial(&folded) {
        return utc(at);
    }
    if let Some(time) = time(&folded) {
        return local(row_day?, time);
    }
    if let Some(day) = written(&folded).or_else(|| in_words(&folded)) {
        return local(day, NaiveTime::MIN);
    }
    // A day and a time, in either order.
    let (first, second) = folded.split_once([' ', 't'])?;
    let (day, time) = match (written(first), written(second.trim_start_matches("ngay").trim())) {
        (Some(day), _) => (day, time(second)?),
        (_, Some(day)) => (day, time(first)?),
        _ => return None,
    };
    local(day, time)
}

/// `7:00`, `07:00:00`, `7h30`, `9h`, `7 giờ 30`.
pub fn time(words: &str) -> Option<NaiveTime> {
    let mut plain = fold(words).replace("gio", ":").replace("phut", "").replace(['h', 'g'], ":");
    plain.retain(|c| !c.is_whitespace() && c != '\'');
    let mut parts = plain.split(':');
    let mut number = |may_lack: bool| match parts.next() {
        None => may_lack.then_some(0),
        Some("") => may_lack.then_some(0),
        Some(text) if text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        Some(_) => None,
    };
    let (hour, minute, second) = (number(false)?, number(true)?, number(true)?);
    (plain.contains(':') && parts.next().is_none()).then(|| NaiveTime::from_hms_opt(hour, minute, second)).flatten()
}

/// Numbers between slashes, dashes or dots: the day first, or a year of four digits. Two last digits are a year of 1970 to
/// 2069.
fn written(words: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = words.split(['/', '-', '.']).map(str::trim).collect();
    of_parts(&parts)
}

fn of_parts(parts: &[&str]) -> Option<NaiveDate> {
    let number = |text: &str| Some(text).filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok();
    let [first, month, last] = *parts else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year = match (year.len(), number(year)?) {
        (4, year) => year,
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month)?, number(day)?)
}

/// `ngày 16 tháng 7 năm 2024`.
fn in_words(folded: &str) -> Option<NaiveDate> {
    let (day, rest) = folded.trim_start_matches("ngay").split_once("thang")?;
    let (month, year) = rest.split_once("nam")?;
    of_parts(&[day.trim(), month.trim(), year.trim()])
}

/// A day with its time as the number that a spreadsheet keeps: days since the end of 1899.
fn serial(words: &str) -> Option<NaiveDateTime> {
    let number = words.parse::<f64>().ok().filter(|number| SERIALS.contains(number))?;
    let seconds = format!("{:.0}", number * 86_400.0).parse().ok()?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let expected = NaiveDate::from_ymd_opt(2024, 7, 16);
        for written in [
            "16/07/2024",
            "16/7/24",
            "2024-07-16",
            "16-07-2024",
            "16.7.2024",
            "2024/07/16",
            "2024-07-16 00:00:00",
            "2024-07-16T07:00:00",
            "45489",
            "45489.5",
            "16/7/2024 7h30",
            "ngày 16 tháng 7 năm 2024",
            "16 / 7 / 2024",
        ] {
            assert_eq!(day(written), expected, "{written}");
        }
        assert_eq!(day("16/07/85"), NaiveDate::from_ymd_opt(1985, 7, 16));
        for wrong in ["30/02/2024", "16/07", "16/07/024", "2024", "7/16/2024", "hôm qua", "16/07/2024 lúc nào", "100000", "1200"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_too() {
        let row = NaiveDate::from_ymd_opt(2024, 7, 20);
        let read = |words: &str| moment(words, row).map(|at| at.with_timezone(&clock::vietnam()).format("%d %H:%M:%S").to_string());
        for (written, expected) in [
            ("7:00", "20 07:00:00"),
            ("7h30", "20 07:30:00"),
            ("9h", "20 09:00:00"),
            ("7 giờ 30", "20 07:30:00"),
            ("07:00:30", "20 07:00:30"),
            ("16/7/2024 7h30", "16 07:30:00"),
            ("7h30 ngày 16/7/2024", "16 07:30:00"),
            ("2024-07-16T07:30:00", "16 07:30:00"),
            ("2024-07-16T00:30:00Z", "16 07:30:00"),
            ("45489.3125", "16 07:30:00"),
            ("16/07/2024", "16 00:00:00"),
        ] {
            assert_eq!(read(written).as_deref(), Some(expected), "{written}");
        }
        for wrong in ["25:00", "7h75", "7", "16/7 7h", "ngày mai"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(moment("7h30", None), None);
    }
}
