//! Whether a schedule lets whole days pass. Says so only when it is certain: a
//! [calendar expression](https://www.freedesktop.org/software/systemd/man/systemd.time.html) with lists, ranges or
//! repetitions in its date is given the benefit of the doubt.

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const RARE_WORDS: [&str; 6] = ["weekly", "monthly", "quarterly", "semiannually", "yearly", "annually"];

/// Whether some days certainly have no scan.
pub(super) fn leaves_days_out(schedule: &str) -> bool {
    let schedule = schedule.to_lowercase();
    let mut fields = schedule.split_whitespace();
    let Some(first) = fields.next() else { return false };
    if RARE_WORDS.contains(&first) {
        return true;
    }
    let rest = fields.next();
    match weekdays(first) {
        Some(days) => days.contains(&false) || rest.is_some_and(names_one_date),
        None => names_one_date(first),
    }
}

/// The days that a list of weekdays and ranges names, Monday first; nothing for another field.
fn weekdays(field: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    for part in field.split(',').filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once("..").or_else(|| part.split_once('-')).unwrap_or((part, part));
        let (from, to) = (weekday(from)?, weekday(to)?);
        // A range may go over the end of the week.
        let length = (to + 7 - from) % 7 + 1;
        (from..from + length).for_each(|day| days[day % 7] = true);
    }
    Some(days)
}

fn weekday(name: &str) -> Option<usize> {
    let is_day = name.chars().all(|c| c.is_ascii_lowercase());
    DAYS.iter().position(|day| is_day && name.starts_with(day))
}

/// Whether a field is a date with a year, month or day that is a plain number.
fn names_one_date(field: &str) -> bool {
    let is_date = field.contains(['-', '~']) && !field.contains(':');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_date && field.split(['-', '~']).any(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_left_out() {
        for schedule in [
            "weekly",
            "Monthly",
            "Sun 06:00",
            "Mon..Fri 08:30",
            "Sat,Sun *-*-* 12:00",
            "*-*-01",
            "*-12-* 06:00",
            "Mon..Sun *-*-1",
        ] {
            assert!(leaves_days_out(schedule), "{schedule}");
        }
    }

    #[test]
    fn every_day_or_not_certain() {
        for schedule in [
            "daily",
            "hourly",
            "minutely",
            "06:00",
            "*-*-* 06:00:00",
            "*:0/15",
            "Mon..Sun 06:00",
            "Sat..Fri 06:00",
            "Mon,Tue..Sun 06:00",
            "*-*-1..31 06:00",
            "*-*-1/1 06:00",
            "*-* 06:00 Etc/GMT-1",
            "",
        ] {
            assert!(!leaves_days_out(schedule), "{schedule}");
        }
    }
}
