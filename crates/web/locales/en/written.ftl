# How days are written. Numbers and times are written by the program.

date = { $day } { $month } { $year }
day-first = 1
moment = { $date }, { $time }
month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December
