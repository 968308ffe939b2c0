# Comment s’écrivent les jours. Les nombres et les heures sont écrits par le programme.

date = { $day } { $month } { $year }
day-first = 1er
moment = { $date }, { $time }
month-january = janvier
month-february = février
month-march = mars
month-april = avril
month-may = mai
month-june = juin
month-july = juillet
month-august = août
month-september = septembre
month-october = octobre
month-november = novembre
month-december = décembre
